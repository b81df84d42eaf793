/** What is left to JavaScript, because few frames set it off. */

/** An address is claimed by another MAC than before. */
// @ts-ignore: decorator
@external('host', 'changed')
export declare function changed(address: i32, claim: i32, gratuitous: bool): void

/** A broadcast frame came once more, too often for one second. The row is a number of 32-bit words. */
// @ts-ignore: decorator
@external('host', 'looped')
export declare function looped(row: i32): void

/** A claim is made under another Ethernet source than its MAC. */
// @ts-ignore: decorator
@external('host', 'sourced')
export declare function sourced(claim: i32, source: f64): void
