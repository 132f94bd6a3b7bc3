/* <string.h> for programs in ring 3. */
#include <ringpost/string.h>
