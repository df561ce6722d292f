import { EXACT_VERSION } from '../../../contract/fields/semver.ts'

/** The source of a package; each source writes an exact version in its own way. */
export type Ecosystem = 'npm' | 'pypi' | 'image' | 'module'

const LOCAL = /^(?:\.{0,2}\/|\.{1,2}$|file:|[A-Za-z]:[\\/])/
const REMOTE = /^(?:git\+|git@|github:|gitlab:|bitbucket:|[a-z+]+:\/\/)/
/** Addresses that npm clones, at a commit. Any other address is a tarball, whose fragment npm ignores. */
const NPM_COMMIT =
  /^(?:git[+@:]|ssh:|(?:github|gitlab|bitbucket):|https?:\/\/(?:github\.com|gitlab\.com|bitbucket\.org)\/[^/#?]+\/[^/#?]+#)(?:[^#]*#)?[0-9a-f]{40}$/
/** Addresses that pip clones at a commit, or fetches and compares with a hash (pip, "VCS Support"; PEP 503). */
const PYPI_COMMIT = /^(?:git\+[^#]*@[0-9a-f]{40}(?:#.*)?|https:\/\/[^#]*#(?:[^#]*&)?sha256=[0-9a-f]{64})$/
// The version grammar of PEP 440, without wildcards.
const PYPI =
  /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?(?:===?|@)v?[0-9]+(?:\.[0-9]+)*(?:[._-]?(?:alpha|beta|pre|post|dev|rc|a|b|c)[0-9]*){0,3}(?:\+[A-Za-z0-9.]+)?$/
const IMAGE_DIGEST = /@sha256:[0-9a-f]{64}$/
const IMAGE_TAG = /:v?[0-9]+\.[0-9]+\.[0-9]+(?:[-._+][0-9A-Za-z][0-9A-Za-z._-]*)?$/
const MODULE_VERSION = /@v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.-]+)?(?:\/|$)/

/** True if `spec` names one version that cannot change, or a local file. */
export function isFixedVersion(ecosystem: Ecosystem, spec: string): boolean {
  switch (ecosystem) {
    case 'npm':
      return isFixedNpm(spec)
    case 'pypi':
      return REMOTE.test(spec) ? PYPI_COMMIT.test(spec) : LOCAL.test(spec) || PYPI.test(spec)
    case 'image':
      return !REMOTE.test(spec) && (IMAGE_DIGEST.test(spec) || IMAGE_TAG.test(spec))
    case 'module':
      return isFixedModule(spec)
  }
}

/** `name@1.2.3`, or what a name stands for: `name@npm:other@1.2.3`, `name@github:owner/repo#…`. */
function isFixedNpm(spec: string): boolean {
  if (LOCAL.test(spec)) return true
  if (REMOTE.test(spec)) return NPM_COMMIT.test(spec)
  // A scope begins with one as well.
  const at = spec.indexOf('@', 1)
  if (at < 0) return false
  const version = spec.slice(at + 1)
  if (version.startsWith('npm:')) return isFixedNpm(version.slice('npm:'.length))
  return REMOTE.test(version) || LOCAL.test(version)
    ? isFixedNpm(version)
    : EXACT_VERSION.test(version.replace(/^[v=]/, ''))
}

/** Modules of Deno and Go: `npm:x@1.2.3`, `jsr:@a/b@1.2.3`, `https://host/x@1.2.3/mod.ts`, `host/path@v1.2.3`. */
function isFixedModule(spec: string): boolean {
  const remote =
    /^(?:npm|jsr):|^https?:\/\//.test(spec) || (!LOCAL.test(spec) && /^[^/]+\.[^/]+\//.test(spec))
  return !remote || MODULE_VERSION.test(spec)
}
