using System.Runtime.CompilerServices;

// What is taken of the stack is written before it is read. To clear it first would take, for the buffers of each text, longer than some of the checks.
[module: SkipLocalsInit]
