/**
 * Whether readers of the registry see a definition with this status or state: true unless it is a draft, disabled or
 * removed.
 */
export function isLiveState(state: unknown): boolean {
  return state === 'active' || state === 'deprecated'
}
