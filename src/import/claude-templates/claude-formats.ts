import { claudeAgents } from '../claude-agents/claude-agents.ts'
import { claudeCommands } from './claude-commands.ts'

/** Agents come first: commands check whether the agents that they name exist. */
export const CLAUDE_FORMATS = [claudeAgents, claudeCommands]
