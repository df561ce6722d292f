import { type Finding, findingMaker } from '../../contract/diagnostic.ts'
import { isLiveState } from '../../contract/fields/is-live.ts'
import { satisfies } from '../../contract/fields/semver.ts'
import { dotted } from '../../contract/fields/shown.ts'
import type { Demand, Description, Reference, Status } from '../../contract/kind.ts'
import { byName, nameOf } from '../../contract/name.ts'
import { CORE_RULES } from '../../contract/rules.ts'
import { joinNames } from '../../contract/text/join-names.ts'
import { nearest } from '../../contract/text/nearest.ts'
import type { ReferenceTarget } from './surroundings.ts'

/** Looks a definition up: at once where the tree has it, thousands of references wait for nothing. */
type Find = (kind: string, id: string) => ReferenceTarget | Promise<ReferenceTarget>

const makeFinding = findingMaker(CORE_RULES)

/** A definition that names others. */
export interface Referrer {
  kind: string
  id: string
  /** Read only where it matters. */
  status: () => Status
  references: readonly Reference[]
  demands: readonly Demand[]
}

/**
 * Checks that what definitions name exists, is live where it is required, has a version that fits and offers what is
 * demanded of it, and that nothing requires itself in a circle. The database checks the same at the commit.
 */
export async function checkReferences<R extends Referrer>(
  entries: readonly R[],
  target: Find,
): Promise<Map<R, Finding[]>> {
  const findings = new Map<R, Finding[]>()
  const add = (entry: R, added: readonly Finding[]) => {
    if (added.length > 0) findings.set(entry, [...(findings.get(entry) ?? []), ...added])
  }
  for (const entry of entries) {
    const findings: Finding[] = []
    for (const one of entry.references) {
      const answer = target(one.kind, one.id)
      const finding = checkReference(one, entry, answer instanceof Promise ? await answer : answer)
      if (finding) findings.push(finding)
    }
    for (const one of entry.demands) {
      const finding = await checkDemand(one, target)
      if (finding) findings.push(finding)
    }
    add(entry, findings)
  }
  circles(entries, add)
  return findings
}

function checkReference(reference: Reference, entry: Referrer, target: ReferenceTarget): Finding | undefined {
  const name = nameOf(reference)
  if (target === 'broken') return undefined
  if (target === 'unknown')
    return makeFinding(
      'NOFX_REFERENCE_UNRESOLVED',
      reference,
      `${name} is not in this tree, and the registry cannot be asked`,
      'publish will check it again',
    )
  if (target === 'missing')
    return makeFinding(
      'NOFX_REFERENCE_MISSING',
      reference,
      `${name} exists neither in this tree nor in the registry`,
      'correct the id, or add that definition',
    )
  if (reference.relation === 'requires' && !isLiveState(target.status) && isLiveState(entry.status()))
    return makeFinding(
      'NOFX_REFERENCE_NOT_LIVE',
      reference,
      `${dotted(reference.pointer)} requires ${name}, whose status is "${target.status}"`,
      `make ${name} active first, or set "status": "draft" here too`,
    )
  return checkRange(reference, target)
}

function checkRange(reference: Reference, { version }: Description): Finding | undefined {
  const { range, id } = reference
  if (range === undefined || (version !== undefined && satisfies(version, range))) return undefined
  return makeFinding(
    'NOFX_REFERENCE_RANGE',
    reference,
    `${dotted(reference.pointer)} asks for ${id}@${range}, but ${id} ${version ? `is ${version}` : 'declares no version'}`,
    version ? `change the range, or the version of ${id}` : `remove the range, or give ${id} a version`,
  )
}

/** Silent while one of those that may offer it is not known: then its reference has a finding already. */
async function checkDemand(demand: Demand, target: Find): Promise<Finding | undefined> {
  const descriptions: Description[] = []
  for (const id of demand.oneOf) {
    const answer = target(demand.kind, id)
    const description = answer instanceof Promise ? await answer : answer
    if (typeof description !== 'object') continue
    if (description.provides.includes(demand.provides)) return undefined
    descriptions.push(description)
  }
  if (descriptions.length < demand.oneOf.length) return undefined
  const offered = descriptions.flatMap((one) => one.provides)
  const near = nearest(demand.provides, offered)
  return makeFinding(
    'NOFX_REFERENCE_UNMET',
    demand,
    `${dotted(demand.pointer)} asks for "${demand.provides}", which ${listNames(demand)} not offer`,
    near ? `did you mean "${near}"?` : `they offer: ${[...new Set(offered)].join(', ') || 'nothing'}`,
  )
}

function listNames({ kind, oneOf }: Demand): string {
  const names = oneOf.map((id) => nameOf({ kind, id }))
  return `${joinNames(names)} ${names.length === 1 ? 'does' : 'do'}`
}

/** Follows `requires` references; each circle is reported once, at the definition it was entered by. */
function circles<R extends Referrer>(
  entries: readonly R[],
  add: (entry: R, findings: readonly Finding[]) => void,
): void {
  const entryByName = byName(entries)
  const finished = new Set<string>()
  const visit = (name: string, path: string[]): void => {
    const entry = entryByName.get(name)
    if (!entry || finished.has(name)) return
    for (const reference of entry.references.filter((one) => one.relation === 'requires')) {
      const target = nameOf(reference)
      const start = [...path, name].indexOf(target)
      if (start < 0) visit(target, [...path, name])
      else add(entry, [circle(reference, [...[...path, name].slice(start), target])])
    }
    finished.add(name)
  }
  for (const name of entryByName.keys()) visit(name, [])
}

function circle(reference: Reference, path: readonly string[]): Finding {
  return makeFinding(
    'NOFX_REFERENCE_CYCLE',
    reference,
    `definitions require each other: ${path.join(' → ')}`,
    'remove one of the references',
  )
}
