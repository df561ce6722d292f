/**
 * What made a version. A `rollback` repeats an earlier digest, a `rebase` repeats the previous one at another rank,
 * `disable` and `enable` repeat the live one in another state; a `remove` is a tombstone.
 */
export const ORIGINS = [
  'publish',
  'rollback',
  'remove',
  'undelete',
  'promote',
  'rebase',
  'disable',
  'enable',
] as const
export type VersionOrigin = (typeof ORIGINS)[number]

/** What made a release: a withdrawal makes one too, but no version. */
export const RELEASE_ORIGINS = [...ORIGINS, 'withdraw'] as const
export type ReleaseOrigin = (typeof RELEASE_ORIGINS)[number]

/** What happened to one definition. `stale` and `held` changed nothing. */
export const OUTCOMES = [
  'added',
  'updated',
  'unchanged',
  'removed',
  'restored',
  'promoted',
  'rolled-back',
  'disabled',
  'enabled',
  'withdrawn',
  'rebased',
  'stale',
  'held',
] as const
export type EffectOutcome = (typeof OUTCOMES)[number]
