// Everything that the package exports as `nofx/testing`.
export { createFakeRegistry, type FakeOptions, type FakeRegistry } from './fake-registry.ts'
