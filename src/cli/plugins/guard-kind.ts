import type { Finding, RuleCatalogue } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Definition, Kind, ManifestSchema } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { CORE_RULES } from '../../contract/rules.ts'

/** The plugin that a kind is from, and the method that is running. */
interface Running {
  plugin: string
  method: string
  /** The definition, such as `evals/first`, or the kind when the definition is unknown. */
  of: string
}

/** How a message names a definition that a plugin got or gave. */
function nameIn(kind: Kind, definition: unknown): string {
  const id = (definition as { id?: unknown } | undefined)?.id
  return typeof id === 'string' ? nameOf({ kind: kind.id, id }) : kind.id
}

/**
 * A plugin's kind whose faults are reported as the plugin's: an exception, findings that are not findings, and rules
 * that are missing from its catalogue become failures that name the plugin, the method and the definition.
 */
export function guardKind(kind: Kind, plugin: string): Kind {
  const guarded = buildGuard(kind, plugin)
  GUARDED.add(guarded)
  return guarded
}

const GUARDED = new WeakSet<Kind>()

/** Whether the kind is from another package, whose code may change while nofx stays the same. */
export function isFromPlugin(kind: Kind): boolean {
  return GUARDED.has(kind)
}

/** Whether the rules of the kind are part of this build of nofx, so that what they said of a content stays true. */
export const hasOwnRules = (kind: Kind): boolean => !isFromPlugin(kind)

function buildGuard(kind: Kind, plugin: string): Kind {
  const describedBy = (definition: unknown) => nameIn(kind, definition)
  const call = <T>(method: string, of: string, work: () => T): T => run({ plugin, method, of }, work)
  const about = <R>(method: string, work: ((definition: Definition) => R) | undefined) =>
    work &&
    ((definition: Definition) => call(method, describedBy(definition), () => work.call(kind, definition)))
  const { normalize, risks, instantiate, scaffold, idOf } = kind
  return {
    ...kind,
    schema: guardSchema(kind.schema, <T>(work: () => T) => call('schema', kind.id, work)),
    check(definition, surroundings) {
      const running = { plugin, method: 'check', of: describedBy(definition) }
      return collectFindings(running, kind.rules, () => kind.check(definition, surroundings))
    },
    describe: (definition) => call('describe', describedBy(definition), () => kind.describe(definition)),
    references: (definition) =>
      call('references', describedBy(definition), () => kind.references(definition)),
    promptsOf: about('promptsOf', kind.promptsOf),
    filesOf: about('filesOf', kind.filesOf),
    demands: about('demands', kind.demands),
    graph: about('graph', kind.graph),
    idOf: idOf && ((manifest) => call('idOf', kind.id, () => idOf.call(kind, manifest))),
    normalize:
      normalize &&
      ((raw, file) => {
        const running = { plugin, method: 'normalize', of: describedBy({ id: raw[kind.idField] }) }
        const normalized = run(running, () => normalize.call(kind, raw, file))
        return { ...normalized, findings: collectFindings(running, kind.rules, () => normalized.findings) }
      }),
    risks:
      risks && ((before, after) => call('risks', describedBy(after), () => risks.call(kind, before, after))),
    instantiate:
      instantiate &&
      ((definition, ...rest) =>
        call('instantiate', describedBy(definition), () => instantiate.call(kind, definition, ...rest))),
    scaffold:
      scaffold &&
      ((id, options) => call('scaffold', describedBy({ id }), () => scaffold.call(kind, id, options))),
  }
}

/** A schema whose checks may throw; everything else is the schema's own. */
function guardSchema(schema: ManifestSchema, call: <T>(work: () => T) => T): ManifestSchema {
  const safeParse = (value: unknown) => call(() => schema.safeParse(value))
  return Object.create(schema, { safeParse: { value: safeParse } }) as ManifestSchema
}

function run<T>(running: Running, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const message = cause instanceof Error ? cause.message : String(cause)
    throw blame(running, message.split('\n')[0] || 'no message', cause)
  }
}

function collectFindings(running: Running, rules: RuleCatalogue, work: () => Finding[]): Finding[] {
  const findings: unknown = run(running, work)
  if (!Array.isArray(findings)) throw blame(running, 'it returns no list of findings')
  for (const finding of findings) {
    const wrong = findFault(finding, rules)
    if (wrong) throw blame(running, wrong)
  }
  return findings
}

const SEVERITIES: ReadonlySet<unknown> = new Set<Finding['severity']>(['error', 'warning'])

function findFault(finding: unknown, rules: RuleCatalogue): string | undefined {
  const one = (typeof finding === 'object' && finding !== null ? finding : {}) as Partial<Finding>
  for (const field of ['rule', 'file', 'message', 'hint'] as const)
    if (typeof one[field] !== 'string') return `a finding has no "${field}"`
  if (!SEVERITIES.has(one.severity)) return 'a finding has no "severity"'
  const { rule = '' } = one
  const isListed = Object.hasOwn(rules, rule) || Object.hasOwn(CORE_RULES, rule)
  return isListed ? undefined : `the rule ${JSON.stringify(rule)} is not in the kind's "rules"`
}

function blame({ plugin, method, of }: Running, why: string, cause?: unknown): Failure {
  return new Failure(
    'CONFIG',
    `plugin ${plugin} failed in \`${method}\` of ${of}: ${why}`,
    "report it to the plugin's author",
    { cause },
  )
}
