import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isLiveState } from '../../src/contract/fields/is-live.ts'

test('readers see active and deprecated definitions, and no others', () => {
  const states = ['active', 'deprecated', 'draft', 'disabled', 'removed', '', undefined, null, ['active']]
  expect(states.filter(isLiveState)).toEqual(['active', 'deprecated'])
})

test('no other source lists the states that readers see', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const listing = files.filter((file) =>
    /=== 'active' \|\|.*=== 'deprecated'/.test(readFileSync(`src/${file}`, 'utf8')),
  )
  expect(listing).toEqual(['contract/fields/is-live.ts'])
})
