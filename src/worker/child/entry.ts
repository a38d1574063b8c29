/**
 * Where a child process begins. Ctrl-C in a terminal reaches the children too, and loading TensorFlow.js takes a second: a child
 * that did not ignore the signal by then would die and fail its job. The parent decides what a child does about signals.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

await import('./main.ts');

export {};
