import { expect, test } from 'vitest'
import type { Row } from '../../harness/database.ts'
import { onBothEngines } from './engines.ts'
import { RegistryUnderTest, refusalOf } from './registry-under-test.ts'

/** A call that must be refused, and the expected refusal. */
export interface RefusalCase {
  name: string
  /** Prepares the registry and returns the call that must be refused. */
  given: (registry: RegistryUnderTest) => Promise<() => Promise<unknown>>
  sqlstate: string
  code: string
  message: RegExp
  detail?: Row
}

/** Tests each refusal on both engines: status, code, detail, a hint, and that nothing was stored. */
export function refusesAll(what: string, cases: RefusalCase[]): void {
  onBothEngines(`the registry refuses ${what}, and stores nothing:`, (db) => {
    test.each(cases)('$name', async ({ given, sqlstate, code, message, detail }) => {
      const act = await given(new RegistryUnderTest(db()))
      const refusal = await refusalOf(db(), act)
      expect(refusal).toMatchObject({ sqlstate, code, left: false, ...(detail ? { detail } : {}) })
      expect(refusal.message).toMatch(message)
      expect(refusal.hint).toMatch(/\w{3}/)
    })
  })
}
