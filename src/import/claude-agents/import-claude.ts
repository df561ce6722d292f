import { importDefinitions } from '../import-definitions.ts'
import type { ImportReport } from '../import-report.ts'
import type { ImportOptions } from '../run.ts'
import { claudeAgents } from './claude-agents.ts'

/**
 * Makes definitions of people's Claude agents: one folder `<to>/<id>/` for every `agents/*.md` below `from`.
 * @throws Failure INPUT_UNREADABLE, NO_DEFINITIONS, DISK_FULL
 */
export async function importClaude(options: ImportOptions): Promise<ImportReport> {
  return importDefinitions(claudeAgents, options)
}
