/* keeper: that of the test `grants`. */
#include "../grants/keeper.c"
