import * as yaml from 'yaml'
import { ROUTES } from '../../../src/api/routes/routes.ts'
import type { RuleCatalogue } from '../../../src/contract/diagnostic.ts'
import { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { JsonObject, Kind } from '../../../src/contract/kind.ts'
import { parseManifest } from '../../../src/contract/manifest/manifest-file.ts'
import { CORE_RULES } from '../../../src/contract/rules.ts'
import { EXPORT_RULES } from '../../../src/exchange/contract/rules.ts'
import { FORMATS } from '../../../src/exchange/hook.ts'
import { IMPORT_RULES } from '../../../src/import/sources/format.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { SHARED_MCP_RULES } from '../../../src/plugins/agents/rules/shared-mcp-rules.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { AGENT_ADVICE } from '../advice/agent-rules.ts'
import { CORE_ADVICE, FIELD_ADVICE } from '../advice/core-rules.ts'
import { EXPORT_ADVICE } from '../advice/export-rules.ts'
import { IMPORT_ADVICE } from '../advice/import-rules.ts'
import { SERVER_ADVICE } from '../advice/server-rules.ts'
import { SKILL_ADVICE } from '../advice/skill-rules.ts'
import { TEMPLATE_ADVICE } from '../advice/template-rules.ts'
import { fileOf, type Page } from '../pages.ts'
import { columnsTable } from './columns.ts'
import { commandReference } from './commands.ts'
import { fieldTable } from './fields.ts'
import { formatTables } from './formats.ts'
import { folderTable, roomTable } from './house.ts'
import { jsonFieldsTable } from './json-fields.ts'
import { leastKeyTable } from './least-keys.ts'
import { toolTable } from './mcp-tools.ts'
import { routeTable } from './routes.ts'
import { ruleTable } from './rules.ts'
import { failureTable, httpTable, registryTable } from './troubleshooting.ts'

/** The content between `<!-- made: NAME -->` and `<!-- /made -->`, by name; made from the sources. */
export const SECTIONS: Record<string, (page: Page) => string> = {
  'agent-fields': (page) => fieldTable(agents, examplesOf(page, 'agent.json')),
  'template-fields': (page) => fieldTable(templates, examplesOf(page, 'template.json')),
  'skill-fields': (page) => fieldTable(skills, examplesOf(page, 'SKILL.md')),
  'server-fields': (page) => fieldTable(servers, examplesOf(page, 'server.json'), isServerField),
  'server-rules': () => ruleTable(ownRules(servers, SHARED_MCP_RULES), SERVER_ADVICE),
  'agent-rules': () => ruleTable(ownRules(agents), AGENT_ADVICE),
  'skill-rules': () => ruleTable(ownRules(skills), SKILL_ADVICE),
  'template-rules': () => ruleTable(ownRules(templates), TEMPLATE_ADVICE),
  'field-rules': () => ruleTable(FIELD_RULES, FIELD_ADVICE),
  'core-rules': () => ruleTable(CORE_RULES, CORE_ADVICE),
  'import-rules': () => ruleTable(IMPORT_RULES, IMPORT_ADVICE),
  'export-rules': () => ruleTable(EXPORT_RULES, EXPORT_ADVICE),
  formats: () => formatTables(FORMATS),
  'registry-rules': registryTable,
  failures: failureTable,
  'http-codes': httpTable,
  routes: () => routeTable(ROUTES, [servers, agents, skills, templates]),
  'least-keys': leastKeyTable,
  'mcp-tools': () => toolTable([agents, templates]),
  'json-fields': jsonFieldsTable,
  columns: columnsTable,
  commands: commandReference,
  rooms: roomTable,
  folders: folderTable,
}

/** The rules that a kind does not share with others. */
export function ownRules(kind: Kind, others: RuleCatalogue = {}): RuleCatalogue {
  const shared = { ...FIELD_RULES, ...others }
  return Object.fromEntries(Object.entries(kind.rules).filter(([id]) => !Object.hasOwn(shared, id)))
}

/** The fields of an input stand once in the table: at environment variables. */
function isServerField(path: string): boolean {
  return !/(?:Arguments|headers)\[\]\.|\.variables\.|\.headers$/.test(path)
}

const SECTION = /(<!-- made: ([a-z-]+) -->\n)[\s\S]*?(\n<!-- \/made -->)/g

/**
 * The page with its sections remade.
 * @throws Error for an unknown section
 */
export function withSections(page: Page): string {
  return page.text.replaceAll(SECTION, (_, open: string, name: string, close: string) => {
    const make = SECTIONS[name]
    if (!make) throw new Error(`${page.path}: nothing makes the section "${name}"`)
    return `${open}\n${make(page)}\n${close}`
  })
}

/** The manifests in a page's examples. */
function examplesOf(page: Page, manifest: string): JsonObject[] {
  const files = page.fences.filter((fence) => fileOf(fence)?.endsWith(`/${manifest}`))
  return files.map(({ text }) => parseManifest(text, manifest, { depth: 32 }, () => yaml).value as JsonObject)
}
