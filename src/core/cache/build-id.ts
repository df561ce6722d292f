/** Set by the build: a hash of the sources and of the exact versions of their dependencies. */
declare const __NOFX_BUILD__: string | undefined

/** Identifies this build of nofx; undefined where the sources run without a build, as in tests. */
export const BUILD_ID: string | undefined = typeof __NOFX_BUILD__ === 'undefined' ? undefined : __NOFX_BUILD__
