/** A version, and whether it is a prerelease. */
type VersionParts = [major: number, minor: number, patch: number, isRelease: number]

const RELEASE = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/
const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/**
 * Whether a text is the version of a release, and nothing else. Prereleases are for those who ask for them, and other
 * text is not shown on a terminal.
 */
export function isRelease(text: string): boolean {
  return RELEASE.test(text)
}

/** Whether a release is newer than the version that runs. */
export function isNewer(release: string, running: string): boolean {
  const [theirs, ours] = [readParts(release), readParts(running)]
  if (!theirs || !ours) return false
  const at = theirs.findIndex((part, index) => part !== ours[index])
  return at >= 0 && (theirs[at] ?? 0) > (ours[at] ?? 0)
}

function readParts(version: string): VersionParts | undefined {
  const [, major, minor, patch, prerelease] = VERSION.exec(version) ?? []
  if (patch === undefined) return undefined
  return [Number(major), Number(minor), Number(patch), prerelease === undefined ? 1 : 0]
}
