// Everything that the package exports as `nofx/api`, for a deployment with the kinds of plugins.
export type { Kind } from '../contract/kind.ts'
export { createRegistryApi, type RegistryApi, type RegistryApiOptions } from './registry-api.ts'
