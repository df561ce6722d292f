import { denied } from '../http/refusal.ts'
import type { Principal } from './principal.ts'

/** The origin of a preview by its name; undefined when the preview does not exist. */
export type OriginOf = (name: string) => Promise<string | undefined>

const HINT = 'take another name; see: nofx preview list'

/** Whether a CI job may write to previews alone. */
export function isPreviewWriter({ kinds }: Principal): boolean {
  return kinds?.length === 0
}

/**
 * Checks that a CI job may write previews.
 * @throws Refusal 403
 */
export function requirePreviewWriter({ previewKinds }: Principal): void {
  if (previewKinds?.length !== 0) return
  const hint =
    'have the owner of the registry add it with "previews": true to "identities" in registry_policies'
  throw denied(403, 'this identity may not write previews', hint)
}

/**
 * A CI job may write only to previews of its own ref: `origin` is the one that its token proves. Keys and users may
 * write to every preview.
 * @throws Refusal 403
 */
export async function requireOwnPreview(
  { via, origin }: Principal,
  preview: string,
  originOf: OriginOf | undefined,
): Promise<void> {
  if (via !== 'identity') return
  if (!originOf) throw denied(403, 'CI jobs may not write previews here', 'set SUPABASE_SECRET_KEY')
  const previewOrigin = await originOf(preview)
  if (previewOrigin !== undefined && previewOrigin !== origin)
    throw denied(403, `the preview ${preview} belongs to ${previewOrigin}, not to ${origin}`, HINT)
}

/**
 * A CI job that may write previews alone takes down only those of its repository. Its own ref is not compared: after a
 * merge the job runs on the target branch, and not on the pull request's ref.
 * @throws Refusal 403
 */
export async function requireSameRepository(
  principal: Principal,
  preview: string,
  originOf: OriginOf,
): Promise<void> {
  if (!isPreviewWriter(principal)) return
  const origin = await originOf(preview)
  if (origin !== undefined && !isOfRepository(principal, origin))
    throw denied(403, `the preview ${preview} belongs to ${origin}, another repository`, HINT)
}

/**
 * Whether a preview belongs to the repository of a job that may write previews alone; true for every other principal.
 */
export function isOfRepository(principal: Principal, origin: string): boolean {
  return !isPreviewWriter(principal) || parseRepository(origin) === parseRepository(principal.origin ?? '')
}

const parseRepository = (origin: string) => origin.replace(/#.*$/s, '')
