import type { Disguise } from './cluster.js'
import { isCommon } from './words.js'

/** Values that an operator chose, other than names: of labels, annotations, arguments. One value, one pseudonym. */
export class Values {
  readonly #disguise: Disguise
  readonly #known = new Map<string, string>()

  constructor(disguise: Disguise) {
    this.#disguise = disguise
  }

  /** Word by word: what is neither a common word nor renamed gets a pseudonym of its own. */
  of(text: string): string {
    return text
      .split(/([^\w.:/-]+)/)
      .map((word, at) => (at % 2 === 0 ? this.#word(word) : word))
      .join('')
  }

  /** `--flag=value` keeps the flag. */
  argument(text: string): string {
    const [, flag = '', value = text] = /^(--?[\w-]+(?:=|$))([\s\S]*)$/.exec(text) ?? []
    return flag + this.of(value)
  }

  #word(word: string): string {
    const renamed = this.#disguise(word)
    return renamed !== word || isCommon(word) ? renamed : this.#pseudonym(word)
  }

  #pseudonym(value: string): string {
    const pseudonym = this.#known.get(value) ?? `value-r${this.#known.size + 1}`
    this.#known.set(value, pseudonym)
    return pseudonym
  }
}
