import EventLog
import Testing

/// The words of a measured command line that protect the root file system (event-logs 5.5).
@Suite("Root protection")
struct RootProtectionTests {
    @Test(
        "Each word, and what only resembles one",
        arguments: [
            ("root=/dev/vda1 roothash=ab12 ro", "roothash"), ("usrhash=ab", "usrhash"),
            ("systemd.verity_root_hash=ab", "systemd.verity_root_hash"),
            ("systemd.verity_root_data=/dev/x quiet", "systemd.verity_root_data"),
            (#"dm="vroot none ro 1,0 1638400 verity 1 8:1 8:2" root=/dev/dm-0"#, "dm"),
            (#"dm-mod.create="vroot,,,ro,0 1638400 verity 1 8:1 8:2""#, "dm-mod.create"),
            ("console=ttyS0 dstack.rootfs_hash=0d51 initrd=initrd", "dstack.rootfs_hash"),
            ("(hd0,gpt3)/boot/vmlinuz roothash=ab usrhash=cd", "roothash"),
            ("root=UUID=6dd1-4f2a ro", nil), ("", nil), ("roothash", nil), ("roothash=", nil), (#"roothash="""#, nil),
            ("xroothash=ab", nil), ("roothash2=ab", nil), ("init=/roothash=ab", nil), ("rd.roothash=ab", nil),
            ("root=/dev/x -- roothash=ab", nil), (#"x="a roothash=ab b""#, nil), ("systemd.verity_root_=ab", nil),
            ("systemd.verity=ab", nil), (#"dm-mod.create="v,,,ro,0 1 linear 8:1 0""#, nil),
            (#"dm-mod.create="verity,,,ro,0 1 linear 8:1 0""#, nil),
            (#"dm-mod.create="v,verity,,ro,0 1 linear 8:1 0""#, nil),
            (#"dm="verity none ro 1,0 8 linear verity""#, nil), (#"dm="verity-not""#, nil), ("dm=1", nil),
            ("ROOTHASH=ab", nil), ("dstack.rootfs_hash", nil),
        ] as [(String, String?)])
    func words(commandLine: String, word: String?) {
        #expect(RootProtection.word(in: commandLine) == word)
    }
}
