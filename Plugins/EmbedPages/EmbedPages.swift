import Foundation
import PackagePlugin

/// Puts the pages for browsers into the binary, so that one file deploys, and joins `assay.js` from its modules.
///
/// SwiftPM's own `.embedInCode` writes an array of numbers, which takes the compiler a minute for 160 KB of text; string
/// literals take it no time.
@main
struct EmbedPages: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let web = context.package.directoryURL.appending(path: "web")
        // Named one by one, so that a change of any of them builds anew.
        let files = try ["assay", "pages"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                at: web.appending(path: folder), includingPropertiesForKeys: nil
            )
            .filter { !$0.lastPathComponent.hasPrefix(".") }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "PageText.swift")
        return [
            .buildCommand(
                displayName: "Embedding the pages from \(files.count) files of web",
                executable: try context.tool(named: "embed-text").url,
                arguments: ["swift", web.path(), output.path()], inputFiles: files, outputFiles: [output])
        ]
    }
}
