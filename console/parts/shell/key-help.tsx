import { useEffect, useRef } from 'preact/hooks'
import { useStore } from '../../data/store.ts'
import { helpIsOpen, switchKeys, useKeysAreOn } from './keys.ts'

/** What each key does, by where it does it. */
const KEYS: readonly [string, readonly [string, string][]][] = [
  [
    'Everywhere',
    [
      ['/', 'search'],
      ['g a', 'agents'],
      ['g t', 'templates'],
      ['g r', 'releases'],
      ['g f', 'the feed'],
      ['g n', 'now'],
      ['?', 'these keys'],
      ['Esc', 'close'],
    ],
  ],
  [
    'In a list',
    [
      ['j', 'the next row'],
      ['k', 'the previous row'],
      ['Enter', 'open it'],
    ],
  ],
  [
    'In a picture',
    [
      ['↑ ↓ ← →', 'the box above, below, beside'],
      ['+', 'closer'],
      ['-', 'farther'],
      ['0', 'all of it'],
    ],
  ],
  [
    'In a version or a difference',
    [
      ['[', 'the older version'],
      [']', 'the newer version'],
    ],
  ],
  [
    'In a difference',
    [
      ['n', 'the next change'],
      ['p', 'the previous change'],
      ['s', 'unified or split'],
      ['Ctrl+F', 'find, also in lines far from the screen'],
    ],
  ],
]

/** The button that shows the keys, and the dialog that lists them. */
export function KeyHelp() {
  const isOpen = useStore(helpIsOpen)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <>
      <button type="button" class="quiet" aria-label="Keys" title="Keys" onClick={() => helpIsOpen.set(true)}>
        <span aria-hidden="true">?</span>
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="keys" onClose={() => helpIsOpen.set(false)}>
        {isOpen && <Keys />}
      </dialog>
    </>
  )
}

function Keys() {
  const areOn = useKeysAreOn()
  return (
    <>
      <div class="dialog-head">
        <h2 id="keys">Keys</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => helpIsOpen.set(false)}>
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <div class="keys">
        {KEYS.map(([place, keys]) => (
          <section key={place}>
            <h3>{place}</h3>
            <dl class="key-list">
              {keys.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="key-switch">
        <input type="checkbox" checked={areOn} onChange={() => switchKeys(!areOn)} />
        Single keys act on this device
      </label>
    </>
  )
}
