import type { Registry, Release } from './registry.ts'
import type { RevisionSummary } from './revision.ts'

/** How the newest revision looks if the request has already had its effect. */
interface WantedEffect {
  origin: RevisionSummary['origin']
  reason: string | undefined
  /** The version whose content is live afterwards. */
  toVersion?: number
}

/**
 * The newest version of a definition before the requested effect; an effect whose answer was lost has added one
 * version. The same effect requested by another caller has another key, so mistaking it for this request's effect
 * does no harm.
 */
export async function versionBefore(
  registry: Registry,
  { kind, id }: { kind: string; id: string },
  { origin, reason, toVersion }: WantedEffect,
): Promise<number | undefined> {
  const revisions = await registry.history(kind, id)
  const [newest] = revisions
  if (!newest) return undefined
  const target = revisions.find(({ version }) => version === toVersion)
  const isContent = toVersion === undefined || target?.digest === newest.digest
  const isOwn = newest.origin === origin && isReason(newest.reason, reason) && isContent
  return isOwn ? newest.version - 1 : newest.version
}

/** The newest release before a release was undone, by the same rule. */
export function releaseBefore(registry: Registry, ref: string, reason: string): Promise<string | undefined> {
  return newestBut(
    registry,
    async ({ origin, reason: storedReason, undoes }) =>
      origin === 'rollback' &&
      isReason(storedReason, reason) &&
      undoes !== null &&
      (await isNamed(registry, undoes, ref)),
  )
}

/** The newest release before the order of commits was restarted at a commit, by the same rule. */
export function rebasedFrom(registry: Registry, sha: string, reason: string): Promise<string | undefined> {
  return newestBut(
    registry,
    ({ origin, reason: storedReason, commit }) =>
      origin === 'rebase' && commit.sha === sha && isReason(storedReason, reason),
  )
}

/** The id of the newest release, or of the one before it if the newest is the effect itself. */
async function newestBut(
  registry: Registry,
  isOwn: (newest: Release) => boolean | Promise<boolean>,
): Promise<string | undefined> {
  const [newest, before] = await registry.releases(2)
  return newest && (await isOwn(newest)) ? before?.id : newest?.id
}

/** Whether a reference names a release: by its id or its commit, or by the start of either. */
async function isNamed(registry: Registry, id: string, ref: string): Promise<boolean> {
  if (id.startsWith(ref)) return true
  const release: Release | undefined = await registry.release(id)
  return release?.commit.sha.startsWith(ref) ?? false
}

const isReason = (storedReason: string | null, wantedReason: string | undefined) =>
  (storedReason ?? '') === (wantedReason ?? '')
