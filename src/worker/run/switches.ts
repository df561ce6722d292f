import { Failure } from '../../contract/failure.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { ANSWER_WITHIN_MS, within } from '../feed/within.ts'

/** The part of a head that says whether the definition is disabled; the registry's heads fit. */
export interface HeadOfRun {
  state: string
  disabled?: { reason: string; by: string } | null
}

/** Why a definition may not be started; undefined when it may, or when nothing is known. */
export type WhyDisabled = (one: Named) => Promise<string | undefined>

/** A registry that is opened for one question. */
export interface HeadSource {
  head(kind: string, id: string): Promise<HeadOfRun | undefined>
  close(): Promise<void>
}

export interface SwitchesOptions {
  /** Everything that the run uses. */
  used: readonly Named[]
  open: () => Promise<HeadSource>
  signal: AbortSignal
  /** Called when the registry cannot be asked; the last known answers count then. */
  onTrouble: (error: unknown) => void
}

/** @throws Failure DISABLED */
export function requireEnabled(one: Named, head: HeadOfRun | undefined): void {
  const why = whyDisabled(one, head)
  if (why === undefined) return
  const hint = `see why: nofx registry history ${nameOf(one)}`
  throw new Failure('DISABLED', why, hint, { detail: { kind: one.kind, id: one.id } })
}

/**
 * Asks the registry before each task whether what the task uses is disabled. The registry is opened for each question
 * and closed again, since the embedded one serves one process at a time; tasks that begin together share a question.
 */
export function createWhyDisabled({ used, open, signal, onTrouble }: SwitchesOptions): WhyDisabled {
  let knownSwitches = new Map<string, string | undefined>()
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const ask = async (): Promise<void> => {
    next = undefined
    try {
      knownSwitches = await within(ANSWER_WITHIN_MS, signal, () => readSwitches(used, open))
    } catch (error) {
      if (!signal.aborted) onTrouble(error)
    }
  }
  return async (one) => {
    if (next === undefined) {
      next = last.then(ask)
      last = next
    }
    await next
    return knownSwitches.get(nameOf(one))
  }
}

async function readSwitches(
  used: readonly Named[],
  open: () => Promise<HeadSource>,
): Promise<Map<string, string | undefined>> {
  const source = await open()
  try {
    const heads = await Promise.all(
      used.map(async (one) => [nameOf(one), whyDisabled(one, await source.head(one.kind, one.id))] as const),
    )
    return new Map(heads)
  } finally {
    await source.close()
  }
}

function whyDisabled(one: Named, head: HeadOfRun | undefined): string | undefined {
  if (head?.state !== 'disabled') return undefined
  const { disabled } = head
  return `${nameOf(one)} is disabled${disabled ? ` by ${disabled.by}: ${disabled.reason.replaceAll(/\s+/g, ' ')}` : ''}`
}
