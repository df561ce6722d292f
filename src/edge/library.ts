// Everything that the package exports as `nofx/edge`, for the edge function of a plugin's kind.
export type { Kind } from '../contract/kind.ts'
export { serveKind } from './serve-function.ts'
