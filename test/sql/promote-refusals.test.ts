import { refusesAll } from './support/refuses-all.ts'
import { requires, shaOf } from './support/registry-under-test.ts'

const DRAFT = { id: 'a', state: 'draft' }

refusesAll('to promote', [
  {
    name: 'a definition that does not exist',
    given: async (registry) => () => registry.promote('a'),
    sqlstate: 'PT404',
    code: 'NOT_FOUND',
    message: /\/a does not exist$/,
  },
  {
    name: 'a definition that is live already',
    given: async (registry) => {
      await registry.publish([{ id: 'a' }])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a has no draft: its newest version, 1, is active/,
    detail: { rule: 'NOFX_PROMOTE_NO_DRAFT', state: 'active' },
  },
  {
    name: 'a draft that is older than the live version',
    given: async (registry) => {
      await registry.publish([DRAFT])
      await registry.publish([{ id: 'a', expected: 1 }])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /its newest version, 2, is active/,
  },
  {
    name: 'a removed definition',
    given: async (registry) => {
      await registry.publish([DRAFT])
      await registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /its newest version, 2, is removed/,
  },
  {
    name: 'a draft with the status "disabled" in its manifest',
    given: async (registry) => {
      await registry.publish([{ ...DRAFT, status: 'disabled' }])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /the draft of \S+\/a, version 1, has the status "disabled"$/,
    detail: { rule: 'NOFX_PROMOTE_DISABLED' },
  },
  {
    name: 'a head that has changed',
    given: async (registry) => {
      await registry.publish([DRAFT])
      await registry.publish([{ ...DRAFT, text: '2', expected: 1 }], { sha: 'later' })
      return () => registry.promote('a', { expectedVersion: 1 })
    },
    sqlstate: 'PT412',
    code: 'CONFLICT',
    message: new RegExp(`/a is at version 2 \\(commit ${shaOf('later')}\\), not 1`),
  },
  {
    name: 'without a key',
    given: async (registry) => {
      await registry.publish([DRAFT])
      return () => registry.promote('a', { key: null })
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /no idempotency key/,
  },
  {
    name: 'a draft that requires a definition that is not live',
    given: async (registry) => {
      await registry.publish([{ id: 'b', state: 'draft' }])
      await registry.publish([{ ...DRAFT, refs: [requires('b', registry.kind)] }])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a requires \S+\/b, which is not live in the registry$/,
    detail: { rule: 'NOFX_REFERENCE_MISSING' },
  },
  {
    name: 'a draft whose version is outside the range of a live definition',
    given: async (registry) => {
      const allowed = [[{ op: '=', version: '1.0.0' }]]
      const reference = { ...requires('a', registry.kind), range: '1.0.0', allowed }
      await registry.publish([
        { id: 'a', declared: '1.0.0' },
        { id: 'b', refs: [reference] },
      ])
      await registry.publish([{ ...DRAFT, text: '2', declared: '2.0.0', expected: 1 }])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a with version 2\.0\.0 is outside 1\.0\.0, which is required by \S+\/b/,
    detail: { rule: 'NOFX_STILL_REQUIRED' },
  },
  {
    name: 'a declared version that is live with other content',
    given: async (registry) => {
      await registry.publish([{ id: 'a', declared: '1.0.0' }])
      await registry.publish([{ ...DRAFT, declared: '1.0.0', expected: 1 }])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a 1\.0\.0 is already published with other content, as version 1/,
    detail: { rule: 'NOFX_VERSION_REUSED' },
  },
  {
    name: 'a draft that exceeds a new cap',
    given: async (registry) => {
      await registry.publish([{ ...DRAFT, facts: { resourceProfile: { cpu: 8 } } }])
      await registry.db.query('insert into public.registry_policies (kind, caps) values ($1, $2)', [
        registry.kind,
        { 'resourceProfile.cpu': 4 },
      ])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a has resourceProfile\.cpu 8, this registry allows at most 4$/,
    detail: { rule: 'NOFX_POLICY_CAP' },
  },
  {
    name: 'a draft whose bundle was deleted',
    given: async (registry) => {
      await registry.publish([DRAFT])
      await registry.db.query('delete from storage.objects where name like $1', [`${registry.kind}/%`])
      return () => registry.promote('a')
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /^the bundle \S+ is missing from storage or has another size$/,
  },
])
