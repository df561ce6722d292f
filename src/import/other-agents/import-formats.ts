import { claudeAgents } from '../claude-agents/claude-agents.ts'
import { claudeCommands } from '../claude-templates/claude-commands.ts'
import { agentSkills } from '../skills/agent-skills.ts'
import { isBelow } from '../sources/claude-files.ts'
import type { ImportFormat } from '../sources/format.ts'
import { codexAgents } from './codex-agents.ts'
import { copilotAgents } from './copilot-agents.ts'
import { cursorAgents } from './cursor-agents.ts'
import { geminiAgents } from './gemini-agents.ts'

/** All formats: those that a file's path or fields tell for sure come first. Commands check which agents there are. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  agentSkills,
  codexAgents,
  copilotAgents,
  geminiAgents,
  cursorAgents,
  claudeAgents,
  claudeCommands,
]

/**
 * The formats of one program. A person who names it means every file that may be one of its files, also where the path
 * alone would not tell.
 */
export function formatsNamed(id: string): ImportFormat[] {
  const own = IMPORT_FORMATS.filter((format) => format.id === id).map((format) =>
    ['cursor', 'gemini'].includes(id)
      ? { ...format, matches: (path: string) => isBelow('agents', path) }
      : format,
  )
  // Skills are the same for every program.
  return own.length > 0 && id !== agentSkills.id ? [agentSkills, ...own] : own
}
