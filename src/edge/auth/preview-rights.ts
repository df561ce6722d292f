import { denied } from '../http/refusal.ts'
import type { Principal } from './principal.ts'

/** The origin of the preview of a name; undefined when there is none. */
export type OriginOf = (name: string) => Promise<string | undefined>

const HINT = 'take another name; see: nofx preview list'

/** Whether a CI job may publish nothing, but into previews. */
export function isPreviewWriter({ kinds }: Principal): boolean {
  return kinds?.length === 0
}

/**
 * A CI job may write previews, if a policy says so.
 * @throws Refusal 403
 */
export function requirePreviewWriter({ previewKinds }: Principal): void {
  if (previewKinds?.length !== 0) return
  const hint =
    'have the owner of the registry add it with "previews": true to "identities" in registry_policies'
  throw denied(403, 'this identity may not write previews', hint)
}

/**
 * A CI job writes into previews of its own ref alone: `origin` is what its token proves. Keys and users may write into
 * every one.
 * @throws Refusal 403
 */
export async function requireOwnPreview(
  { via, origin }: Principal,
  preview: string,
  originOf: OriginOf | undefined,
): Promise<void> {
  if (via !== 'identity') return
  if (!originOf) throw denied(403, 'CI jobs may not write previews here', 'set SUPABASE_SECRET_KEY')
  const found = await originOf(preview)
  if (found !== undefined && found !== origin)
    throw denied(403, `the preview ${preview} belongs to ${found}, not to ${origin}`, HINT)
}

/**
 * A CI job that may write previews only takes down those of its repository: after a merge its ref is no longer the pull
 * request's, but that of the branch it went to.
 * @throws Refusal 403
 */
export async function requireSameRepository(
  principal: Principal,
  preview: string,
  originOf: OriginOf,
): Promise<void> {
  if (!isPreviewWriter(principal)) return
  const found = await originOf(preview)
  if (found !== undefined && !isOfRepository(principal, found))
    throw denied(403, `the preview ${preview} belongs to ${found}, another repository`, HINT)
}

/** Whether a preview of this origin is the repository's own; for all but jobs that may only write previews each is. */
export function isOfRepository(principal: Principal, origin: string): boolean {
  return !isPreviewWriter(principal) || repositoryOf(origin) === repositoryOf(principal.origin ?? '')
}

const repositoryOf = (origin: string) => origin.replace(/#.*$/s, '')
