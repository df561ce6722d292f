import { type RefusalCase, refusesAll } from './support/refuses-all.ts'
import { fresh, requires, shaOf } from './support/registry-under-test.ts'

const A = { id: 'a' }
const B = { id: 'b', text: '2' }

refusesAll('to undo', [
  {
    name: 'a rollback to the live version',
    given: async (registry) => {
      await registry.publish([A])
      return () => registry.to('a', 1)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /version 1 of \S+\/a is already live$/,
    detail: { rule: 'NOFX_ROLLBACK_TARGET' },
  },
  {
    name: 'a rollback to the content that is live',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([{ ...A, text: '2', expected: 1 }])
      await registry.to('a', 1)
      return () => registry.to('a', 1)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /version 1 of \S+\/a has the same content as version 3, which is live$/,
  },
  {
    name: 'a rollback to a tombstone',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
      return () => registry.to('a', 2)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /version 2 of \S+\/a is a tombstone/,
  },
  {
    name: 'a rollback to a draft',
    given: async (registry) => {
      await registry.publish([{ ...A, state: 'draft' }])
      await registry.publish([{ ...A, expected: 1 }])
      return () => registry.to('a', 1)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /version 1 of \S+\/a is a draft and was never live/,
  },
  {
    name: 'a rollback to a version that does not exist',
    given: async (registry) => {
      await registry.publish([A])
      return () => registry.to('a', 7)
    },
    sqlstate: 'PT404',
    code: 'NOT_FOUND',
    message: /\/a has no version 7, its newest is 1/,
  },
  {
    name: 'a rollback of a definition that does not exist',
    given: async (registry) => () => registry.to('a', 1),
    sqlstate: 'PT404',
    code: 'NOT_FOUND',
    message: /\/a does not exist$/,
  },
  {
    name: 'a rollback of a head that has changed',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([{ ...A, text: '2', expected: 1 }])
      return () => registry.rollback({ kind: registry.kind, id: 'a', toVersion: 1, expectedVersion: 1 })
    },
    sqlstate: 'PT412',
    code: 'CONFLICT',
    message: new RegExp(`/a is at version 2 \\(commit ${shaOf('c1')}\\), not 1`),
  },
  {
    name: 'a rollback without a reason',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([{ ...A, text: '2', expected: 1 }])
      return () => registry.to('a', 1, { reason: ' ' })
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /^the reason is empty$/,
  },
  {
    name: 'a rollback to content whose bundle was deleted',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([{ ...A, text: '2', expected: 1 }])
      await registry.db.query('delete from storage.objects where name like $1', [`${registry.kind}/%`])
      return () => registry.to('a', 1)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /^the bundle \S+ is missing from storage or has another size$/,
  },
  {
    name: 'a rollback that disables a required definition',
    given: async (registry) => {
      await registry.publish([{ ...B, state: 'disabled' }])
      await registry.publish([
        { ...B, expected: 1 },
        { ...A, refs: [requires('b', registry.kind)] },
      ])
      return () => registry.to('b', 1)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/b is still required by \S+\/a/,
  },
  {
    name: 'undoing a release after which another publish changed a definition',
    given: async (registry) => {
      const release = await registry.publish([A, B])
      await registry.publish([{ ...A, text: '9', expected: 1 }], { sha: 'later' })
      return () => registry.rollback({ release: release.releaseId })
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: new RegExp(`/a is at version 2 \\(commit ${shaOf('later')}\\), the release made version 1$`),
  },
  {
    name: 'undoing a release that is unknown',
    given: async (registry) => () => registry.rollback({ release: '%_%_' }),
    sqlstate: 'PT404',
    code: 'NOT_FOUND',
    message: /^%_%_ is not a release or a published commit$/,
  },
  {
    name: 'undoing a commit whose start is not unique',
    given: async (registry) => {
      const sha = shaOf(fresh('sha')).slice(0, 39)
      await registry.publish([A], { sha: `${sha}1` })
      await registry.publish([B], { sha: `${sha}2` })
      return () => registry.rollback({ release: sha })
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /is the start of more than one id$/,
  },
  {
    name: 'undeleting a definition that is not removed',
    given: async (registry) => {
      await registry.publish([A])
      return () => registry.undelete('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a is not removed, it is active/,
    detail: { state: 'active' },
  },
  {
    name: 'undeleting a tombstone that has changed',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
      return () => registry.undelete('a', { expectedVersion: 1 })
    },
    sqlstate: 'PT412',
    code: 'CONFLICT',
    message: /\/a is at version 2/,
  },
  ...[
    'update public.registry_revisions set reason = null',
    'delete from public.registry_releases',
    'truncate public.registry_revisions',
  ].map(
    (statement): RefusalCase => ({
      name: `the owner's "${statement}"`,
      given: async (registry) => {
        await registry.publish([A])
        return () => registry.db.query(statement)
      },
      sqlstate: 'PT403',
      code: 'REFUSED',
      message: /is append-only/,
    }),
  ),
])
