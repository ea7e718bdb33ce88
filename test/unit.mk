# unit.mk: the tests of the pure C and the fuzz targets, built in the folder OUT: a change compiles only what it
# touches. make -f test/unit.mk OUT=FOLDER FOLDER/unit/NAME (or FOLDER/fuzz/NAME)

FLAGS = -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Isrc -DCRM_ASSERTS
UNIT = gcc $(FLAGS) -Wall -Wextra -Wno-unused-parameter -Itest/unit
FUZZ = clang $(FLAGS) -Itest/fuzz
CORE = $(patsubst %.c,%.o,$(wildcard src/core/*/*.c))

.SECONDARY:

$(OUT)/unit/%: $(OUT)/unit/test/unit/%.o $(addprefix $(OUT)/unit/,$(CORE))
	$(UNIT) $^ -lnlopt -lm -o $@

$(OUT)/unit/%.o: %.c test/unit.mk
	@mkdir -p $(@D)
	$(UNIT) -MMD -MP -c $< -o $@

$(OUT)/fuzz/%: $(OUT)/fuzz/test/fuzz/%.o $(addprefix $(OUT)/fuzz/,$(CORE))
	$(FUZZ) -fsanitize=fuzzer $^ -lnlopt -lm -o $@

$(OUT)/fuzz/%.o: %.c test/unit.mk
	@mkdir -p $(@D)
	$(FUZZ) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

-include $(shell find $(OUT)/unit $(OUT)/fuzz -name '*.d' 2>/dev/null)
