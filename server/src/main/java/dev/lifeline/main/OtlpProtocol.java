package dev.lifeline.main;

import dev.lifeline.events.otlp.OtlpConfig;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// OTLP's protocols as OpenTelemetry names them, in options and in `lifeline.otlp_protocol`.
final class OtlpProtocol implements ITypeConverter<OtlpConfig.Protocol> {
  static OtlpConfig.Protocol of(String name) {
    return switch (name) {
      case "http/protobuf" -> OtlpConfig.Protocol.HTTP_PROTOBUF;
      case "grpc" -> OtlpConfig.Protocol.GRPC;
      default ->
          throw new TypeConversionException(
              "invalid value \"" + name + "\": must be http/protobuf or grpc");
    };
  }

  @Override
  public OtlpConfig.Protocol convert(String value) {
    return of(value);
  }
}
