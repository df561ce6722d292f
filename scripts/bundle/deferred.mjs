/** A property of `exports` for each name; the first one that is read loads the module. */
export const deferred = (names, load) => `let all; const load = () => (all ??= ${load})
for (const name of ${JSON.stringify(names)}) Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] })`
