import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isError } from '../../src/contract/diagnostic.ts'

test('an error makes a definition invalid, a warning does not', () => {
  expect([{ severity: 'error' as const }, { severity: 'warning' as const }].map(isError)).toEqual([
    true,
    false,
  ])
})

test('no other source compares a severity with error', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const asking = files.filter((file) => /severity [!=]== 'error'/.test(readFileSync(`src/${file}`, 'utf8')))
  expect(asking).toEqual(['contract/diagnostic.ts'])
})
