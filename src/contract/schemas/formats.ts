import { isDate, isDateTime, isDuration, isTime } from './time-formats.ts'
import { isEmail, isHostname, isIpv4, isIpv6, isUri, isUriReference, isUriTemplate } from './uri-formats.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/
const POINTER_FRAGMENT = /^#(?:\/(?:[\w\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~[01])*)*$/i
const RELATIVE_POINTER = /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~[01])*)*)$/

/** Each format that is checked, in time linear in the text. Other formats are annotations. */
export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['time', isTime],
  ['date-time', isDateTime],
  ['duration', isDuration],
  ['uri', isUri],
  ['uri-reference', isUriReference],
  ['uri-template', isUriTemplate],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', isIpv4],
  ['ipv6', isIpv6],
  ['regex', isRegex],
  ['uuid', (text) => UUID.test(text)],
  ['json-pointer', (text) => POINTER.test(text)],
  ['json-pointer-uri-fragment', (text) => POINTER_FRAGMENT.test(text)],
  ['relative-json-pointer', (text) => RELATIVE_POINTER.test(text)],
])

/** Whether a text is a regular expression of ECMAScript. It is parsed, never executed. */
function isRegex(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
