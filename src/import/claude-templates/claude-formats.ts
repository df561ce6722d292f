import { claudeAgents } from '../claude-agents/claude-agents.ts'
import { agentSkills } from '../skills/agent-skills.ts'
import { claudeCommands } from './claude-commands.ts'

/** Skills and agents come first: commands check whether the agents that they name exist. */
export const CLAUDE_FORMATS = [agentSkills, claudeAgents, claudeCommands]
