import { MAX_BODY } from '../../../src/contract/source.ts'
import { packAgent } from '../../cloud/support/definitions.ts'
import { commit, json, POST, stage, type Wanted } from './wanted.ts'

const writer = packAgent('writer', 'You write.\n')

/** Requests that are refused before any query. */
export const envelopes: Wanted[] = [
  {
    what: 'another method',
    answer: '405 REFUSED',
    init: ({ secret }) => ({ method: 'GET', headers: { apikey: secret } }),
  },
  {
    what: 'another method with a body',
    answer: '405 REFUSED',
    init: ({ secret }) => ({ method: 'PUT', headers: { ...json, apikey: secret }, body: '{}' }),
  },
  {
    what: 'no content type',
    answer: '415 REFUSED',
    init: ({ secret }) => ({ method: 'POST', headers: { apikey: secret }, body: new Uint8Array([123, 125]) }),
  },
  {
    what: 'a form',
    answer: '415 REFUSED',
    init: POST('a=b', ({ secret }) => ({
      apikey: secret,
      'content-type': 'application/x-www-form-urlencoded',
    })),
  },
  { what: 'broken JSON', answer: '400 REFUSED', init: POST('{"action":') },
  { what: 'a byte order mark', answer: '400 REFUSED', init: POST('\uFEFF{}') },
  {
    what: 'no UTF-8',
    answer: '400 REFUSED',
    init: ({ secret }) => ({
      method: 'POST',
      headers: { ...json, apikey: secret },
      body: new Uint8Array([34, 255, 34]),
    }),
  },
  { what: 'nothing', answer: '400 REFUSED', init: POST('') },
  { what: 'an array', answer: '400 REFUSED', init: POST([]) },
  { what: 'a deep array', answer: '400 REFUSED', init: POST('['.repeat(200_000) + ']'.repeat(200_000)) },
  { what: 'an unknown action', answer: '400 REFUSED', init: POST({ action: 'drop', key: 'key of a drop' }) },
  { what: 'a short key', answer: '400 REFUSED', init: POST({ ...commit('x', []), key: 'short' }) },
  { what: 'an unknown field', answer: '400 REFUSED', init: POST({ ...commit('x', []), isAdmin: true }) },
  {
    what: 'a prototype',
    answer: '400 REFUSED',
    init: POST('{"action":"commit","__proto__":{"key":"key of a prototype"}}'),
  },
  {
    what: 'a text that is not a hash',
    answer: '400 REFUSED',
    init: POST({ ...commit('x', []), content: 'XYZ' }),
  },
  { what: 'no items', answer: '400 REFUSED', init: POST({ ...stage('x'), items: [] }) },
  { what: 'too much', answer: '413 REFUSED', init: POST(' '.repeat(MAX_BODY + 1)) },
  {
    what: 'another kind than the function has',
    answer: '404 REFUSED',
    path: 'registry_spells_sync',
    init: POST(stage('x', writer)),
  },
  {
    what: 'a path that climbs',
    answer: '404 REFUSED',
    path: 'registry_agents_sync/rest/v1/../../auth/v1/admin/users',
    init: ({ secret }) => ({ method: 'GET', headers: { apikey: secret } }),
  },
  {
    what: 'a table that is not the registry’s',
    answer: '404 REFUSED',
    path: 'registry_agents_sync/rest/v1/registry_staged',
    init: ({ secret }) => ({ method: 'GET', headers: { apikey: secret } }),
  },
]
