import { slugify } from '../../contract/fields/id.ts'

/** The agent that Claude Code has built in: it does what no other one is named for. */
export const GENERAL = 'general-purpose'

/** Asks whether an agent is there that a live definition may require. */
export type IsLive = ((agentId: string) => boolean) & {
  /** Put before the ids of agents that were imported with the command. */
  prefix?: string
}

/**
 * The id under which an agent is imported. A command may write `plugin:agent` for an agent that is called `agent` or
 * `plugin-agent`: whichever is there, else the first.
 */
export function chooseAgentId(agentName: string | undefined, isLive: IsLive): string {
  if (agentName === undefined) return GENERAL
  const parts = agentName.split(/:+/)
  const own = slugify(parts.at(-1) ?? '')
  const whole = slugify(agentName)
  const names = [own, whole].filter((id) => id !== undefined)
  const { prefix } = isLive
  const ids = prefix === undefined ? names : [...names.map((id) => `${prefix}-${id}`), ...names]
  return ids.find(isLive) ?? ids[0] ?? GENERAL
}
