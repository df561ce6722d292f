import { EXACT_VERSION } from '../../../contract/fields/semver.ts'

/** Where a package comes from: each has its own way to write an exact version. */
export type Ecosystem = 'npm' | 'pypi' | 'image' | 'module'

const LOCAL = /^(?:\.{0,2}\/|\.{1,2}$|file:|[A-Za-z]:[\\/])/
const COMMIT = /[#@][0-9a-f]{40}$/
const REMOTE = /^(?:git\+|git@|github:|gitlab:|bitbucket:|[a-z+]+:\/\/)/
// Version grammar of PEP 440, without wildcards.
const PYPI =
  /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?(?:===?|@)v?[0-9]+(?:\.[0-9]+)*(?:[._-]?(?:alpha|beta|pre|post|dev|rc|a|b|c)[0-9]*){0,3}(?:\+[A-Za-z0-9.]+)?$/
const IMAGE_DIGEST = /@sha256:[0-9a-f]{64}$/
const IMAGE_TAG = /:v?[0-9]+\.[0-9]+\.[0-9]+(?:[-._+][0-9A-Za-z][0-9A-Za-z._-]*)?$/
const MODULE_VERSION = /@v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.-]+)?(?:\/|$)/

/** True when `spec` names one version that cannot change, or a file that is already here. */
export function isFixedVersion(ecosystem: Ecosystem, spec: string): boolean {
  switch (ecosystem) {
    case 'npm':
      return isFixedNpm(spec)
    case 'pypi':
      return REMOTE.test(spec) ? COMMIT.test(spec) : LOCAL.test(spec) || PYPI.test(spec)
    case 'image':
      return IMAGE_DIGEST.test(spec) || IMAGE_TAG.test(spec)
    case 'module':
      return isFixedModule(spec)
  }
}

function isFixedNpm(spec: string): boolean {
  if (LOCAL.test(spec)) return true
  if (REMOTE.test(spec)) return COMMIT.test(spec)
  const at = spec.lastIndexOf('@')
  return at > 0 && EXACT_VERSION.test(spec.slice(at + 1).replace(/^[v=]/, ''))
}

/** Deno's and Go's ways: `npm:x@1.2.3`, `jsr:@a/b@1.2.3`, `https://host/x@1.2.3/mod.ts`, `host/path@v1.2.3`. */
function isFixedModule(spec: string): boolean {
  const remote =
    /^(?:npm|jsr):|^https?:\/\//.test(spec) || (!LOCAL.test(spec) && /^[^/]+\.[^/]+\//.test(spec))
  return !remote || MODULE_VERSION.test(spec)
}
