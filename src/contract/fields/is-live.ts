/** Whether readers of the registry see a definition of this status or state: it is neither a draft nor taken away. */
export function isLiveState(state: unknown): boolean {
  return state === 'active' || state === 'deprecated'
}
