/**
 * Entry point of a child process. Ctrl-C in a terminal reaches the children too, and loading TensorFlow.js takes a second: without
 * these handlers a child would die in that time and fail its job. The parent decides how its children react to signals.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

await import('./main.ts');

export {};
