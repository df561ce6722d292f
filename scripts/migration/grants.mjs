// @ts-check
// Names and rights in the form that a migration's statements need.

const API = 'public, anon, authenticated, service_role'

/** @param {string} name without a schema, as the catalog prints what is in public */
export const qualified = (name) => (name.includes('.') ? name : `public.${name}`)

/** @param {unknown} grants @returns {string[]} */
export const grantsOf = (grants) => (Array.isArray(grants) ? grants.map(String) : [])

/** @param {string} revoked @param {string} granted @param {unknown} grants */
export function grantAgain(revoked, granted, grants) {
  const lines = grantsOf(grants).map((one) => `grant ${one.replace(' to ', ` on ${granted} to `)};`)
  return [`revoke all on ${revoked} from ${API};`, ...lines].join('\n')
}
