import type { FieldRow } from '../contract/format.ts'

/** Rows that the formats of agents share. */
export const AGENT_ROWS = {
  body: { field: 'prompts.system', outcome: 'mapped', reason: 'the text of the file, byte for byte' },
  filled: {
    field: 'prompts.system',
    outcome: 'approximated',
    reason: 'the client has no variables: defaults are filled in, other names stay in braces',
  },
  prompts: { field: 'prompts.*', outcome: 'dropped', reason: 'a client reads the system prompt alone' },
  title: { field: 'name', outcome: 'dropped', reason: 'the client shows the id' },
  description: { field: 'description', outcome: 'mapped', reason: 'description' },
  provider: { field: 'model.provider', outcome: 'mapped', reason: 'the client has one provider' },
  model: { field: 'model.name', outcome: 'mapped', reason: 'model' },
  otherModel: { field: 'model', outcome: 'dropped', reason: 'it is a model of another provider' },
  params: { field: 'model.params.*', outcome: 'dropped', reason: 'the client has no such parameter' },
  filesystem: { field: 'permissions.filesystem', outcome: 'mapped', reason: 'tools that read or write' },
  shell: { field: 'permissions.shell', outcome: 'mapped', reason: 'the tool that runs commands' },
  network: { field: 'permissions.network', outcome: 'mapped', reason: 'with the hosts' },
  hosts: {
    field: 'permissions.hosts',
    outcome: 'mapped',
    reason: 'tools for the web, or a server of the agent that has the host',
  },
  lostHosts: {
    field: 'permissions.hosts',
    outcome: 'dropped',
    reason: 'the client cannot name hosts: tools for the web are left out',
    limits: true,
  },
  secrets: { field: 'permissions.secrets', outcome: 'mapped', reason: 'each is named by a server' },
  lostSecrets: {
    field: 'permissions.secrets',
    outcome: 'dropped',
    reason: 'the client gives an agent the whole environment, and has no list of secrets',
    limits: true,
  },
  files: {
    field: 'files.*',
    outcome: 'dropped',
    reason: 'other files of the definition stay in the registry',
  },
  kept: {
    field: 'metadata.import.kept.*',
    outcome: 'mapped',
    reason: 'the field of the source that the import kept',
  },
  keptEffect: {
    field: 'metadata.import.kept.*',
    outcome: 'dropped',
    reason: 'it lets the agent do more than its permissions say: --allow-effects writes it',
  },
  everyTool: {
    field: 'metadata.import',
    outcome: 'dropped',
    reason:
      'the source asks for every tool, and the permissions do not: --allow-effects writes no list of tools',
  },
  keptTools: {
    field: 'metadata.import.kept.tools',
    outcome: 'mapped',
    reason: 'tools, as far as the permissions allow them',
  },
  changedTools: {
    field: 'metadata.import.kept.tools',
    outcome: 'dropped',
    reason: 'the permissions say something else: the tools are made from them',
  },
  keptElsewhere: {
    field: 'metadata.import.kept.*',
    outcome: 'dropped',
    reason: 'it is a field of the client that the agent was imported from',
  },
  metadata: {
    field: 'metadata.*',
    outcome: 'dropped',
    reason: 'the record of the export names the definition',
  },
} as const satisfies Record<string, FieldRow>

/** Fields of a manifest that no client has, with the reason. */
const NOWHERE: readonly [field: string, reason: string][] = [
  ['$schema', 'it is for editors of the manifest'],
  ['schemaVersion', 'it is the version of the manifest’s format'],
  ['version', 'the record of the export names the version'],
  ['status', 'clients have no life cycle'],
  ['owner', 'clients have no owners'],
  ['license', 'the registry has it'],
  ['repository', 'the registry has it'],
  ['tags', 'clients do not search by tags'],
  ['skills', 'clients choose an agent by its description'],
  ['inputSchema', 'clients give an agent a text'],
  ['outputSchema', 'clients take a text from an agent'],
  ['resourceProfile', 'clients have limits of their own'],
  ['dependencies', 'clients start agents by name'],
  ['compatibility', 'it is for runtimes'],
  ['deprecation', 'clients have no life cycle'],
  ['evals', 'evaluations run on the registry'],
]

/** A dropped row for each field of a manifest that no client has. */
export const NOWHERE_ROWS: readonly FieldRow[] = NOWHERE.map(([field, reason]) => ({
  field,
  outcome: 'dropped',
  reason,
}))

/** Rows of the formats whose agents have a list of tools. */
export const TOOL_LIST_ROWS: readonly FieldRow[] = [
  AGENT_ROWS.params,
  AGENT_ROWS.filesystem,
  AGENT_ROWS.shell,
  AGENT_ROWS.network,
  AGENT_ROWS.hosts,
  AGENT_ROWS.lostHosts,
  AGENT_ROWS.secrets,
  AGENT_ROWS.lostSecrets,
  AGENT_ROWS.everyTool,
  AGENT_ROWS.keptTools,
  AGENT_ROWS.changedTools,
  AGENT_ROWS.kept,
  AGENT_ROWS.keptEffect,
]

const ROWS = AGENT_ROWS
/** The rows of every format that writes one file for an agent. */
export const SHARED_ROWS: readonly FieldRow[] = [
  ROWS.description,
  ROWS.body,
  ROWS.filled,
  ROWS.prompts,
  ROWS.keptElsewhere,
  ROWS.metadata,
  ROWS.files,
  ...NOWHERE_ROWS,
]
