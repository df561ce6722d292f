import { CORE_RULES } from './contract/rules.ts'
import { type Finding, reporter } from './diagnostic.ts'
import type { Reference } from './kind.ts'

const report = reporter(CORE_RULES)

/** A definition that names others. */
export interface Referrer {
  kind: string
  id: string
  references: readonly Reference[]
}

/** A finding and the definition it belongs to. */
export interface ReferenceFinding<R extends Referrer> {
  entry: R
  finding: Finding
}

/**
 * Checks that what definitions name exists, in the tree (`present` holds `kind/id`) or in the registry, and that
 * nothing requires itself around a circle.
 */
export async function checkReferences<R extends Referrer>(
  entries: readonly R[],
  present: ReadonlySet<string>,
  known: (kind: string, id: string) => Promise<boolean | 'unknown'>,
): Promise<ReferenceFinding<R>[]> {
  const findings: ReferenceFinding<R>[] = []
  for (const entry of entries)
    for (const reference of entry.references) {
      if (present.has(`${reference.kind}/${reference.id}`)) continue
      const answer = await known(reference.kind, reference.id)
      if (answer !== true) findings.push({ entry, finding: missing(reference, answer) })
    }
  return [...findings, ...circles(entries)]
}

function missing(reference: Reference, answer: false | 'unknown'): Finding {
  const name = `${reference.kind}/${reference.id}`
  return answer === 'unknown'
    ? report(
        'NOFX_REFERENCE_UNRESOLVED',
        reference,
        `${name} is not in this tree, and the registry cannot be asked`,
        'publish will check it again',
      )
    : report(
        'NOFX_REFERENCE_MISSING',
        reference,
        `${name} exists neither in this tree nor in the registry`,
        'correct the id, or add that definition',
      )
}

/** Follows `requires` references; each circle is reported once, at the definition it was entered by. */
function circles<R extends Referrer>(entries: readonly R[]): ReferenceFinding<R>[] {
  const byName = new Map(entries.map((entry) => [`${entry.kind}/${entry.id}`, entry]))
  const finished = new Set<string>()
  const findings: ReferenceFinding<R>[] = []
  const visit = (name: string, path: string[]): void => {
    const entry = byName.get(name)
    if (!entry || finished.has(name)) return
    for (const reference of entry.references.filter((one) => one.relation === 'requires')) {
      const target = `${reference.kind}/${reference.id}`
      const start = [...path, name].indexOf(target)
      if (start < 0) visit(target, [...path, name])
      else {
        const circle = [...[...path, name].slice(start), target].join(' → ')
        findings.push({
          entry,
          finding: report(
            'NOFX_REFERENCE_CYCLE',
            reference,
            `definitions require each other: ${circle}`,
            'remove one of the references',
          ),
        })
      }
    }
    finished.add(name)
  }
  for (const name of byName.keys()) visit(name, [])
  return findings
}
