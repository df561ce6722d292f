import type { InstanceDocument, RunTimeReference } from '../../plugins/templates/instantiate/document.ts'
import type { RunProgress } from './schedule.ts'

/** Names of a step's outputs in a plan: those that the plan expects, and those that other steps read. */
export function outputNames(document: InstanceDocument, step: string): string[] {
  const expected = document.expectedOutputs.filter(({ fromStep }) => fromStep === step).map(({ id }) => id)
  const read = references(document).flatMap((one) => ('step' in one && one.step === step ? [one.output] : []))
  return [...new Set([...expected, ...read])]
}

/** Names of the secret parameters that a plan uses. */
export function usedSecrets(document: InstanceDocument): string[] {
  const names = references(document).flatMap((one) => ('secret' in one ? [one.secret] : []))
  return [...new Set(names)]
}

/** The values that references stand for during a run. */
export function lookupIn(progress: RunProgress, secrets: Readonly<Record<string, unknown>>) {
  return (reference: RunTimeReference): unknown => {
    const [from, name] =
      'secret' in reference
        ? [secrets, reference.secret]
        : [progress.steps[reference.step]?.outputs ?? {}, reference.output]
    return Object.hasOwn(from, name) ? from[name] : undefined
  }
}

function references({ steps, rollback }: InstanceDocument): RunTimeReference[] {
  const references: RunTimeReference[] = []
  for (const { prompt, inputs } of [...steps, ...rollback]) collect([prompt, inputs], references)
  for (const { when } of steps) if (typeof when === 'object') references.push(when.left)
  return references
}

function collect(value: unknown, references: RunTimeReference[]): void {
  if (typeof value !== 'object' || value === null || '$value' in value) return
  if ('$parts' in value && Array.isArray(value.$parts))
    references.push(...value.$parts.filter((part): part is RunTimeReference => typeof part === 'object'))
  else for (const inside of Object.values(value)) collect(inside, references)
}
