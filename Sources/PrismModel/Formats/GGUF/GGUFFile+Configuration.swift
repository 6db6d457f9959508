extension GGUFFile {
  /// The shape of the decoder this file holds, from its metadata and tensors.
  /// Throws `ModelError.unsupported` or `.problems`.
  package func configuration() throws -> ModelConfiguration {
    try GGUFConfigurationReader.read(self)
  }
}
