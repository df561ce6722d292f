import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { identityFields } from '../../src/contract/fields/identity.ts'
import { chooseOwner, findOwner, nameAsOwner } from '../../src/core/owner.ts'
import fc from '../harness/fast-check.ts'
import { tempFolder } from '../import/support/temp-folder.ts'

const isValid = (owner: string) => identityFields.owner.safeParse(owner).success

function repository(email: string): string {
  const root = tempFolder()
  execFileSync('git', ['init', '-q', root])
  execFileSync('git', ['-C', root, 'config', 'user.email', email])
  return root
}

describe('the owner of new definitions', () => {
  test('is the given one, which must be valid', async () => {
    const root = repository('ada@example.com')
    expect(await chooseOwner('@acme/agents', root)).toBe('@acme/agents')
    for (const owner of ['no one', '', '@', 'a@b', 'x'.repeat(300)])
      await expect(chooseOwner(owner, root)).rejects.toMatchObject({
        code: 'USAGE',
        hint: 'name the owner like --owner @acme/agents',
      })
  })

  test("is git's address if that is a valid owner, else the system's user", async () => {
    expect(await chooseOwner(undefined, repository('ada@example.com'))).toBe('ada@example.com')
    const laptop = repository('ada@laptop')
    expect(await findOwner(undefined, laptop)).toBe(undefined)
    expect(isValid(await chooseOwner(undefined, laptop))).toBe(true)
  })

  test.each([
    ['ada', '@ada'],
    ['ada.lovelace', '@ada-lovelace'],
    ['ACME\\ada', '@ACME-ada'],
    ['_www', '@www'],
  ])('the user %s is named as %s', (name, owner) => expect(nameAsOwner(name)).toBe(owner))

  test('is valid whatever the user is called, or unknown', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (name) => {
        try {
          return isValid(nameAsOwner(name))
        } catch (error) {
          return (error as { code?: string }).code === 'USAGE'
        }
      }),
    )
  })
})
